#include <gtest/gtest.h>

// libsystemc exports a main() that runs no test and answers 0; this one comes before it in the
// link.
int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
