Promise.all(
  specs.map(async ({ id, spec }) => ({
    id,
    svg: await new vega.View(vega.parse(spec), { renderer: 'none' }).toSVG(),
  })),
).then((drawn) => console.log(JSON.stringify(drawn)));
