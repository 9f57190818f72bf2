#pragma once

#include "pipelines/choices.h"

namespace bitloom::weights {
class TensorFile;
}

namespace bitloom::pipelines {

/// `choice` with as many classes as the last layer of its weights has, where the choice says none
/// and the weights tell (weights::classes_of()).
NetworkChoice with_classes_of(NetworkChoice choice, const weights::TensorFile& file);
/// The same of the weights in `path`. Those of a file of ONNX are its own network's.
NetworkChoice with_classes_of(NetworkChoice choice, const std::string& path);

}  // namespace bitloom::pipelines
