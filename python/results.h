#pragma once

#include <pybind11/pybind11.h>

/// What pipelines answer, as objects of Python's: figures, JSON as the commands write it, text as
/// they print it.
namespace bitloom::python {

void add_simulation(pybind11::module_& module);
void add_cost_table(pybind11::module_& module);
void add_comparison(pybind11::module_& module);
void add_exploration(pybind11::module_& module);
void add_policy_files(pybind11::module_& module);
void add_policy_search(pybind11::module_& module);
void add_problem(pybind11::module_& module);

}  // namespace bitloom::python
