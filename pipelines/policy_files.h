#pragma once

#include <optional>
#include <string>

#include "models/policies/formats.h"
#include "pipelines/choices.h"

/// Policies from and to the files of other programs.
namespace bitloom::pipelines {

struct ImportOptions {
  NetworkChoice network;
  std::string file;
  std::optional<std::string> format = {};  // the name of one; else it is recognized
  policies::Reading reading = {};
};

struct ImportedPolicy {
  std::string network;
  policies::Read read;
  std::string text;  // what --policy reads
};

/// Reads the policy of another program's. A UserError names file, place and what would be right.
ImportedPolicy import_policy(const ImportOptions& options, const Host& host);

struct PolicyExport {
  NetworkChoice network;
  PolicyChoice policy;
  std::string format;
  std::optional<std::string> like = {};  // a file of that format, of which all but bits is kept
};

struct ExportedPolicy {
  std::string text;
  std::size_t layers = 0;
};

/// Writes a policy as another program reads it. A UserError where the format wants a file to keep
/// to and none is given, or is given one that it does not want, or where it cannot say the policy.
ExportedPolicy export_policy(const PolicyExport& options, const Host& host);

}  // namespace bitloom::pipelines
