# How every target of the project is built: C++20, warnings as errors, several files to a compiler run, sanitizers by
# option.

option(BITLOOM_SANITIZE "Build with AddressSanitizer and UndefinedBehaviorSanitizer" OFF)
option(BITLOOM_UNITY "Compile the files of a target in batches: from nothing, in half the CPU time" ON)

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
if(PROJECT_IS_TOP_LEVEL)  # a project that adds this one decides for itself
  set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
  set(CMAKE_UNITY_BUILD ${BITLOOM_UNITY})
  set(CMAKE_UNITY_BUILD_BATCH_SIZE 16)
  if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE Release)
  endif()
  find_program(CCACHE ccache)
  if(CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER "${CCACHE}")
  endif()
  find_program(MOLD mold)
  if(MOLD)
    add_link_options(-fuse-ld=mold)
  endif()
endif()

add_library(bitloom_options INTERFACE)
target_include_directories(bitloom_options INTERFACE "${PROJECT_SOURCE_DIR}")
target_compile_options(bitloom_options INTERFACE -Wall -Wextra -Wpedantic -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # g++ 12 reports overlapping copies inside std::string that are not there (GCC bug 105651).
  target_compile_options(bitloom_options INTERFACE -Wno-restrict)
endif()
if(BITLOOM_SANITIZE)
  target_compile_options(bitloom_options INTERFACE -fsanitize=address,undefined
                         -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(bitloom_options INTERFACE -fsanitize=address,undefined)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    # g++ 12 takes std::regex for uninitialized under AddressSanitizer (GCC bug 105562).
    target_compile_options(bitloom_options INTERFACE -Wno-maybe-uninitialized)
  endif()
endif()

# bitloom_text_targets(target..): they read and write text and have no inner loops, so that they are compiled with -O1:
# a third less to compile, and nothing slower.
function(bitloom_text_targets)
  if(CMAKE_BUILD_TYPE STREQUAL "Release" AND PROJECT_IS_TOP_LEVEL)
    foreach(target IN LISTS ARGN)
      target_compile_options(${target} PRIVATE -O1)
    endforeach()
  endif()
endfunction()

# bitloom_library(name [HERE] SOURCES ... LINKS ...): a folder's library. It sees only what it links, so LINKS states
# what the folder may include. Its public name is bitloom::name. It is installed unless it is for HERE alone.
function(bitloom_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "HERE" "" "SOURCES;LINKS;PRIVATE_LINKS")
  add_library(bitloom_${name} STATIC ${arg_SOURCES})
  add_library(bitloom::${name} ALIAS bitloom_${name})
  target_include_directories(bitloom_${name} PUBLIC "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>"
                                                    "$<INSTALL_INTERFACE:include/bitloom>")
  target_compile_features(bitloom_${name} PUBLIC cxx_std_20)
  target_link_libraries(bitloom_${name} PUBLIC ${arg_LINKS}
                        PRIVATE $<BUILD_INTERFACE:bitloom_options> ${arg_PRIVATE_LINKS})
  set_target_properties(bitloom_${name} PROPERTIES EXPORT_NAME ${name})
  if(NOT arg_HERE)
    set_property(GLOBAL APPEND PROPERTY BITLOOM_INSTALLED bitloom_${name})
  endif()
endfunction()
