#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace bitloom::verify {

/// The SystemVerilog that a core is made of.
struct RtlSources {
  std::vector<std::filesystem::path> files;    // for Verilator, in its order
  std::vector<std::filesystem::path> folders;  // where it looks for further modules and includes
  std::vector<std::string> changed;            // names of own files, unlike the project's
  std::vector<std::string> added;     // of own files that only are here, and that the core reads
  std::vector<std::string> packages;  // of these, the ones with packages
  std::vector<std::string> unused;    // of own files that no file of the core names
  std::vector<std::string> same;      // of own files with the project's text
  std::vector<std::string> missing;   // of the project's modules that the own folder lacks
};

/// Files of `folder` whose names end in `extension`, sorted; a UserError where there are none.
std::vector<std::filesystem::path> files_with(const std::filesystem::path& folder,
                                              const std::string& extension);

/// The files of `folder` in Verilog and SystemVerilog, headers too, sorted.
std::vector<std::filesystem::path> design_files(const std::filesystem::path& folder);

/// The modules of bismo_core in `rtl`, each replaced by the file of its name in `own` where that is
/// given and has one. Packages that are only in `own` come first, other modules are found there by
/// their names. A UserError where `own` is no folder or has no module of the core.
RtlSources rtl_sources(const std::filesystem::path& rtl, const std::filesystem::path& own);

/// What of an own folder is verified: `mine: dpu.sv changed; adder.sv added; 2 as in bitloom; 7
/// missing, taken from bitloom; notes.sv not used, as nothing in the core names it`.
std::string own_rtl_text(const RtlSources& sources, const std::filesystem::path& own);

}  // namespace bitloom::verify
