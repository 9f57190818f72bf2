#include <pybind11/pybind11.h>

#include <exception>
#include <utility>

#include "base/error.h"
#include "base/output_file.h"
#include "python/calls.h"
#include "python/inputs.h"
#include "python/results.h"

namespace bitloom::python {
namespace {

/// The class of `bitloom.errors` for a mistake.
const char* class_of(UserError::Kind kind) {
  switch (kind) {
    case UserError::Kind::kInput:
      return "InputError";
    case UserError::Kind::kUnsupported:
      return "UnsupportedError";
    case UserError::Kind::kResource:
    case UserError::Kind::kWorkerDied:
      return "ResourceError";
  }
  return "Error";
}

void translate(std::exception_ptr thrown) {
  try {
    if (thrown) std::rethrow_exception(std::move(thrown));
  } catch (const UserError& wrong) {
    const auto type = pybind11::module_::import("bitloom.errors").attr(class_of(wrong.kind()));
    PyErr_SetObject(type.ptr(), line_text(wrong.what()).ptr());
  }
}

}  // namespace
}  // namespace bitloom::python

PYBIND11_MODULE(_bitloom, module) {
  using namespace bitloom::python;
  module.attr("__version__") = BITLOOM_VERSION;
  pybind11::register_local_exception_translator(&translate);
  add_inputs(module);
  add_simulation(module);
  add_cost_table(module);
  add_comparison(module);
  add_exploration(module);
  add_policy_files(module);
  add_policy_search(module);
  add_problem(module);
  module.def("write_file", &bitloom::write_file, pybind11::arg("path"), pybind11::arg("bytes"),
             pybind11::call_guard<pybind11::gil_scoped_release>());
}
