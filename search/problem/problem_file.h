#pragma once

#include <string>

#include "search/problem/problem.h"

namespace bitloom::search {

/// Reads a problem (JSON or YAML):
///
///     {"schema": 1, "origin": "where the figures are from",
///      "layers": [{"name": "conv1", "choices": [{"label": "4", "omega": 0.4, "cost":
///      {"latency_ms": 0.2}}, ...],
///                  "allowed": ["4"]}, ...],
///      "ties": [[4, 6], ...], "budgets": [{"name": "half", "limits": {"latency_ms": 4.2}}, ...]}
///
/// `schema`, `origin`, `allowed` (labels; without it all), `ties` (indices of layers from 0) may be
/// left out; `optima`, others' answers, is not looked at. Every choice names the same costs, and
/// tied layers have the same labels. A UserError names file, line, column and key.
Problem read_problem(const std::string& path);

/// The same of a text on one line; complaints begin with `name`.
Problem parse_problem(const std::string& name, const std::string& text);

/// The problem as read_problem() reads it.
std::string problem_json(const Problem& problem, const std::string& origin);

}  // namespace bitloom::search
