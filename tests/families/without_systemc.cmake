# PROGRAM neither loads SystemC's library nor has a symbol of it.
execute_process(COMMAND ldd "${PROGRAM}" OUTPUT_VARIABLE libraries COMMAND_ERROR_IS_FATAL ANY)
if(libraries MATCHES "systemc")
  message(FATAL_ERROR "${PROGRAM} loads SystemC:\n${libraries}")
endif()
execute_process(COMMAND nm -C "${PROGRAM}" OUTPUT_VARIABLE symbols COMMAND_ERROR_IS_FATAL ANY)
if(symbols MATCHES "sc_core::[a-z_]*|sc_main")
  message(FATAL_ERROR "${PROGRAM} has a symbol of SystemC: ${CMAKE_MATCH_0}")
endif()
