# Installs bitloom::sim and what it links as a CMake package: find_package(bitloom) gives the targets, and
# bitloom_CONFIGS, the folder of the installed configurations.

include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(package "${CMAKE_INSTALL_LIBDIR}/cmake/bitloom")
install(TARGETS bitloom_base bitloom_graph_core bitloom_integer bitloom_operators
                bitloom_graph bitloom_kit bitloom_kit_systemc bitloom_bismo
                bitloom_bismo_cycle bitloom_bitfusion bitloom_bitfusion_cycle bitloom_families
                bitloom_sim
        EXPORT bitloom)
install(EXPORT bitloom NAMESPACE bitloom:: FILE bitloomTargets.cmake DESTINATION "${package}")
foreach(folder base models/graph models/integer models/operators sim)
  install(DIRECTORY "${PROJECT_SOURCE_DIR}/${folder}/" DESTINATION "include/bitloom/${folder}"
          FILES_MATCHING PATTERN "*.h")
endforeach()

configure_package_config_file("${CMAKE_CURRENT_LIST_DIR}/bitloomConfig.cmake.in" bitloomConfig.cmake
  INSTALL_DESTINATION "${package}")
write_basic_package_version_file(bitloomConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/bitloomConfig.cmake"
              "${CMAKE_CURRENT_BINARY_DIR}/bitloomConfigVersion.cmake"
              "${CMAKE_CURRENT_LIST_DIR}/FindSystemC.cmake"
        DESTINATION "${package}")
