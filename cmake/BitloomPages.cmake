# Installs what `bitloom` prints about itself: the manual page, and what shells read to complete commands. Debian's
# folder of zsh is another one, which scripts/package knows.

set(pages "${CMAKE_CURRENT_BINARY_DIR}/pages")
# bitloom_page(file folder argument...): `bitloom argument...` prints the file, which is made when it is installed.
function(bitloom_page file folder)
  install(CODE "
    file(MAKE_DIRECTORY \"${pages}\")
    execute_process(COMMAND \"$<TARGET_FILE:bitloom>\" ${ARGN} OUTPUT_FILE \"${pages}/${file}\"
                    COMMAND_ERROR_IS_FATAL ANY)" COMPONENT program)
  install(FILES "${pages}/${file}" DESTINATION "share/${folder}" COMPONENT program)
endfunction()

bitloom_page(bitloom.1 man/man1 man)
bitloom_page(bitloom bash-completion/completions completion bash)
bitloom_page(_bitloom zsh/site-functions completion zsh)
bitloom_page(bitloom.fish fish/vendor_completions.d completion fish)
