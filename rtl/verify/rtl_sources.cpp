#include "rtl/verify/rtl_sources.h"

#include <algorithm>
#include <regex>
#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"
#include "base/files.h"

namespace bitloom::verify {
namespace {

namespace fs = std::filesystem;

/// Modules in `rtl` that a core does not have.
bool is_outside_the_core(const fs::path& file) {
  return file.stem() == "serialiser" || file.stem() == "fusion_unit" || file.stem() == "bit_brick";
}

std::vector<fs::path> modules_in(const fs::path& rtl) {
  std::vector<fs::path> modules = files_with(rtl, ".sv");
  std::erase_if(modules, is_outside_the_core);
  return modules;
}

bool holds_a_package(const std::string& text) {
  return text.find("endpackage") != std::string::npos;
}

/// A UserError where a file of the copy includes what does not lie beside it: a core's key is a
/// hash of these files alone.
void require_includes_beside(const fs::path& own, const fs::path& rtl) {
  const std::regex include("^\\s*`include\\s*(.*)$");
  const std::regex quoted("^\"([^\"/]+)\".*");
  for (const fs::path& file : design_files(own)) {
    std::istringstream lines(read_file(file.string()));
    std::string line;
    for (int number = 1; std::getline(lines, line); ++number) {
      std::smatch found, name;
      if (!std::regex_search(line, found, include)) continue;
      const std::string what = found[1];
      const bool is_beside = std::regex_match(what, name, quoted) &&
                             (fs::exists(own / name[1].str()) || fs::exists(rtl / name[1].str()));
      if (!is_beside)
        throw UserError(fmt::format("{}:{}: `include {}: headers of a copy lie beside its modules",
                                    file.string(), number, what));
    }
  }
}

/// Whether a file is bitloom's own of that name.
bool is_bitlooms(const fs::path& file, const fs::path& rtl) {
  std::error_code failure;
  const fs::path own = rtl / file.filename();
  return fs::exists(own, failure) && read_file(file.string()) == read_file(own.string());
}

}  // namespace

std::vector<fs::path> files_with(const fs::path& folder, const std::string& extension) {
  std::vector<fs::path> files;
  std::error_code error;
  if (!fs::is_directory(folder, error))
    throw UserError(fmt::format("{}: no such folder", folder.string()));
  for (const auto& entry : fs::directory_iterator(folder, error))
    if (entry.path().extension() == extension) files.push_back(entry.path());
  if (files.empty())
    throw UserError(fmt::format("{}: holds no {} files", folder.string(), extension));
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<fs::path> design_files(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder))
    for (const char* extension : {".sv", ".svh", ".v", ".vh"})
      if (entry.path().extension() == extension) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

RtlSources rtl_sources(const fs::path& rtl, const fs::path& own) {
  RtlSources sources;
  const std::vector<fs::path> modules = modules_in(rtl);
  if (own.empty()) {
    sources.files = modules;
    return sources;
  }
  sources.folders = {own};
  std::vector<fs::path> others = files_with(own, ".sv");
  for (const fs::path& module : modules) {
    const auto mine = std::find_if(others.begin(), others.end(), [&](const fs::path& file) {
      return file.filename() == module.filename();
    });
    const std::string name = module.filename().string();
    if (mine == others.end()) {
      sources.missing.push_back(name);
      sources.files.push_back(module);
      continue;
    }
    const bool same = read_file(mine->string()) == read_file(module.string());
    (same ? sources.same : sources.changed).push_back(name);
    sources.files.push_back(*mine);
    others.erase(mine);
  }
  if (sources.missing.size() == modules.size())
    throw UserError(fmt::format("{}: holds no module of the core: no bismo_core.sv, dpu.sv, ...",
                                own.string()));
  require_includes_beside(own, rtl);
  std::erase_if(others, is_outside_the_core);
  for (const fs::path& file : design_files(own))
    if (file.extension() != ".sv" && !is_bitlooms(file, rtl))
      sources.changed.push_back(file.filename().string());
  for (const fs::path& other : others) sources.changed.push_back(other.filename().string());
  std::erase_if(others, [](const fs::path& f) { return !holds_a_package(read_file(f.string())); });
  sources.files.insert(sources.files.begin(), others.begin(), others.end());
  return sources;
}

std::string own_rtl_text(const RtlSources& sources, const fs::path& own) {
  std::string text =
      own.string() + ": " +
      (sources.changed.empty() ? std::string("nothing changed")
                               : fmt::format("{} changed", fmt::join(sources.changed, ", ")));
  if (!sources.same.empty()) text += fmt::format("; {} as in bitloom", sources.same.size());
  if (!sources.missing.empty())
    text += fmt::format("; {} missing, taken from bitloom", sources.missing.size());
  return text;
}

}  // namespace bitloom::verify
