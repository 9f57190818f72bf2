# Installs the libraries that need neither LibTorch nor Verilator as a CMake package: find_package(bitloom) gives
# their targets, and bitloom_CONFIGS, the folder of the installed configurations.

include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(CMAKE_INSTALL_DEFAULT_COMPONENT_NAME development)
set(package "${CMAKE_INSTALL_LIBDIR}/cmake/bitloom")
get_property(installed GLOBAL PROPERTY BITLOOM_INSTALLED)
install(TARGETS ${installed} EXPORT bitloom)
install(EXPORT bitloom NAMESPACE bitloom:: FILE bitloomTargets.cmake DESTINATION "${package}")
foreach(folder base models sim search reports pipelines)
  install(DIRECTORY "${PROJECT_SOURCE_DIR}/${folder}/" DESTINATION "include/bitloom/${folder}"
          FILES_MATCHING PATTERN "*.h")
endforeach()

configure_package_config_file("${CMAKE_CURRENT_LIST_DIR}/bitloomConfig.cmake.in" bitloomConfig.cmake
  INSTALL_DESTINATION "${package}")
write_basic_package_version_file(bitloomConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/bitloomConfig.cmake"
              "${CMAKE_CURRENT_BINARY_DIR}/bitloomConfigVersion.cmake"
              "${CMAKE_CURRENT_LIST_DIR}/FindGLPK.cmake" "${CMAKE_CURRENT_LIST_DIR}/FindSystemC.cmake"
              "${CMAKE_CURRENT_LIST_DIR}/FindWebP.cmake"
        DESTINATION "${package}")
