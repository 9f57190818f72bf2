// What the figures use of Vega: no maps, forces, trees or clouds of words.
import { extend } from 'vega-util';
import { transforms } from 'vega-dataflow';
import * as dataTransforms from 'vega-transforms';
import * as viewTransforms from 'vega-view-transforms';
import * as encoders from 'vega-encode';

extend(transforms, dataTransforms, viewTransforms, encoders);

export { parse } from 'vega-parser';
export { View } from 'vega-view';
