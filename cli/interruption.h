#pragma once

namespace bitloom::cli {

/// From now on Ctrl-C says on standard error that the same command goes on from where it was, and
/// ends the program as it would have; where it was ignored it still is.
void promise_to_go_on();

}  // namespace bitloom::cli
