# SPDX-License-Identifier: Apache-2.0
# Compiles SOURCE, which must fail, with an error that matches each of its lines `// expect: regex`.
list(TRANSFORM INCLUDE PREPEND -isystem)
execute_process(COMMAND ${COMPILER} -std=c++20 -fsyntax-only ${INCLUDE} ${SOURCE}
  RESULT_VARIABLE status ERROR_VARIABLE message)
if(status EQUAL 0)
  message(FATAL_ERROR "${SOURCE}: expected an error, but it compiles")
endif()
file(STRINGS ${SOURCE} expected REGEX "^// expect: ")
if(NOT expected)
  message(FATAL_ERROR "${SOURCE}: expected a line `// expect: regex`, got none")
endif()
foreach(line ${expected})
  string(REPLACE "// expect: " "" regex "${line}")
  if(NOT message MATCHES "${regex}")
    message(FATAL_ERROR "${SOURCE}: expected an error that matches ${regex}, got\n${message}")
  endif()
endforeach()
