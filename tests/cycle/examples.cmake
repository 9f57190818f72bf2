# Compiles the examples of sim/README.md as they stand there.

set(readme "${PROJECT_SOURCE_DIR}/sim/README.md")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${readme}")
file(READ "${readme}" text)

# readme_example(fence name LINKS ...): the first block fenced as `fence`, as program and test.
function(readme_example fence name)
  cmake_parse_arguments(PARSE_ARGV 2 arg "" "" "LINKS")
  string(FIND "${text}" "```${fence}\n" begin)
  string(SUBSTRING "${text}" ${begin} -1 code)
  string(REGEX REPLACE "^```${fence}\n" "" code "${code}")
  string(FIND "${code}" "```" end)
  string(SUBSTRING "${code}" 0 ${end} code)
  file(CONFIGURE OUTPUT "${name}.cpp" CONTENT "${code}" @ONLY)
  add_executable(${name} "${CMAKE_CURRENT_BINARY_DIR}/${name}.cpp")
  target_link_libraries(${name} PRIVATE ${arg_LINKS})
  add_test(NAME readme.${name} COMMAND ${name} WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}")
endfunction()

readme_example(cpp example_costs LINKS bitloom::sim)
readme_example(systemc example_accelerator LINKS bitloom::sim_cycle)
set_tests_properties(readme.example_accelerator PROPERTIES
  PASS_REGULAR_EXPRESSION "[0-9]+ cycles, bound by (compute|activation fetch|weight fetch)")
