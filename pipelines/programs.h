#pragma once

#include <string>

/// The programs of the project, which lie beside each other.
namespace bitloom::pipelines {

struct Program {
  const char* name;
  const char* needs;  // where it is built
};
inline constexpr Program kLearnProgram{"bitloom-learn", "where LibTorch is found (libtorch-dev)"};
inline constexpr Program kVerifyProgram{"bitloom-verify", "where Verilator 5 is found (verilator)"};
inline constexpr Program kMpiProgram{
    "bitloom-mpi", "with -DBITLOOM_MPI=ON, which needs libboost-mpi-dev; --shard goes without"};

/// Beside the running program, whether it is there or not.
std::string path_of(const Program& program);

}  // namespace bitloom::pipelines
