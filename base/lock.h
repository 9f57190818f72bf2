#pragma once

namespace bitloom {

class Descriptor;

/// Locks an open file or folder until its descriptor, and every copy of it, is closed. False where
/// someone else who opened it, in this process or another, has it locked. A file system without
/// locks refuses nobody.
bool lock(const Descriptor& file);

}  // namespace bitloom
