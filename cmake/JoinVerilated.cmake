# Writes UNIT: one C++ file that includes every file that Verilator wrote into FOLDER, beside UNIT, and the
# file CPP where one is named.
file(GLOB files RELATIVE "${FOLDER}/.." "${FOLDER}/*.cpp")
list(SORT files)
set(text "")
foreach(file IN LISTS files CPP)
  if(file)
    string(APPEND text "#include \"${file}\"\n")
  endif()
endforeach()
file(WRITE "${UNIT}" "${text}")
