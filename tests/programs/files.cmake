# SPDX-License-Identifier: Apache-2.0
# Runs the program RECOMMEND on TRAIN and TEST, in the folder WORK: what it reads is never written
# over, what is no regular file is written through, and what cannot be written is said.
file(REMOVE_RECURSE ${WORK})
file(MAKE_DIRECTORY ${WORK})

set(PROGRAM ${RECOMMEND})
include(${CMAKE_CURRENT_LIST_DIR}/program.cmake)
file(COPY_FILE ${TRAIN} ${WORK}/train)
file(COPY_FILE ${TEST} ${WORK}/test)
set(small --train train --test test --model popularity)
set(learn --train train --model mf --dim 8 --epochs 1)
function(expect_text file of)  # the same bytes as that file
  execute_process(COMMAND ${CMAKE_COMMAND} -E compare_files ${file} ${WORK}/${of}
    RESULT_VARIABLE other)
  if(other)
    message(FATAL_ERROR "${of}: expected the bytes of ${file}, got others")
  endif()
endfunction()
function(expect_absent)
  foreach(file ${ARGN})
    if(EXISTS ${WORK}/${file})
      message(FATAL_ERROR "${file}: expected not to be there")
    endif()
  endforeach()
endfunction()

# What a run reads, it does not write over, however it is called.
file(CREATE_LINK train ${WORK}/link SYMBOLIC)
file(CREATE_LINK ${WORK}/train ${WORK}/hard)
foreach(name train ./train link hard)
  foreach(option --save --json --checkpoint)
    refuses("recommend: ${option}: expected a file of its own, got ${name}, which --train reads"
      ${small} ${option} ${name})
  endforeach()
endforeach()
expect_text(${TRAIN} train)
refuses("--json: expected a file of its own, got test, which --test reads" ${small} --json test)
refuses("--json: expected a file of its own, got test, which --validation reads"
  ${learn} --validation test --json test)
expect_text(${TEST} test)
run(${small} --save kept)
refuses("--save: expected a file of its own, got kept, which --load reads" --load kept --save kept)
run(--load kept --test test)
file(WRITE ${WORK}/names "ada 0\n")
refuses("--save: expected a file of its own, got names, which --users reads"
  ${small} --users names --save names)
refuses("--save: expected a file of its own, got names, which --items reads"
  ${small} --items names --save names)

# Nor does one output write over another, there already or not.
refuses("--checkpoint: expected a file of its own, got both, which --save writes"
  ${learn} --checkpoint both --save both)
file(CREATE_LINK both ${WORK}/ahead SYMBOLIC)
refuses("--json: expected a file of its own, got ahead, which --save writes"
  ${small} --save ./both --json ahead)
file(WRITE ${WORK}/both "")
refuses("--json: expected a file of its own, got ahead, which --checkpoint writes"
  ${learn} --checkpoint both --json ahead)
shell(1 "$program --train train --model popularity --json report > report")
expect_equal("one file twice" "recommend: --json: expected a file of its own, got report, which standard output writes\n" "${complaint}")
run(${small} --save /dev/null --json /dev/null)

# A link stays one, and what killed runs left is gone.
file(REMOVE ${WORK}/both)
file(WRITE ${WORK}/both.partial.12.34 "left")
run(${small} --json ahead)
if(NOT IS_SYMLINK ${WORK}/ahead)
  message(FATAL_ERROR "ahead: expected to stay a link")
endif()
value_in(both settings model)
expect_absent(both.partial.12.34)

# - is standard input and standard output; words for people then go to standard error.
shell(0 "$program --train - --test test --model popularity --save piped < train")
expect_text(${WORK}/kept piped)
shell(0 "cat kept | $program --load - --test test --json - 2> words > report.json")
value_in(report.json metrics recall@20)
file(READ ${WORK}/words words)
if(NOT words MATCHES "recall@20 [0-9]")
  message(FATAL_ERROR "words: expected the metrics, got ${words}")
endif()
shell(0 "$program --load kept --json /dev/stdout 2> words >> report.json")
shell(0 "$program --train train --model popularity --save - | cmp - kept")
refuses("--test: expected a file of its own, got -, which --train reads"
  --train - --test - --model popularity)
refuses("--json: expected a file of its own, got -, which --save writes" ${small} --save - --json -)
refuses("standard output: checkpoint: expected a regular file, got a pipe or a device"
  ${learn} --checkpoint -)

# A pipe and a device are written through, and stay what they are.
shell(0 "mkfifo pipe && { cat pipe > arrived & $program --train train --model popularity --json pipe && wait && test -p pipe; }")
value_in(arrived settings model)
shell(0 "{ cat kept > pipe & $program --load pipe --test test --user 3 && wait; }")
refuses("--test: expected a file of its own, got pipe, which --train reads"
  --train pipe --test pipe --model popularity)
refuses("/dev/full: cannot be written: No space left on device" ${small} --json /dev/full)
refuses("/dev/full: cannot be written: No space left on device" ${small} --save /dev/full)
refuses("/dev/null: checkpoint: expected a regular file, got a pipe or a device"
  ${learn} --checkpoint /dev/null)
shell(0 "test -c /dev/full && test -c /dev/null")

# Standard output that does not arrive is an error, after all else was written.
shell(1 "$program --train train --test test --model popularity --save late --json late.json > /dev/full")
expect_equal("a full standard output" "recommend: standard output: cannot be written: No space left on device\n" "${complaint}")
value_in(late.json metrics recall@20)
expect_text(${WORK}/kept late)
shell(1 "$program --load kept --user 3 --top 30 > /dev/full")
shell(1 "$program --help > /dev/full")
shell(1 "$program --load kept --user 3 >&-")
expect_equal("a closed standard output" "recommend: standard output: cannot be written: Bad file descriptor\n" "${complaint}")
if(HELLO)
  shell(1 "'${HELLO}' train > /dev/full")
  expect_equal("hello's full standard output" "standard output: cannot be written: No space left on device\n" "${complaint}")
endif()

# A catalog of 15 items is measured with a smaller k; what cannot be is refused before training.
set(few "")
foreach(user RANGE 14)
  math(EXPR one "(${user} + 1) % 15")
  math(EXPR two "(${user} + 2) % 15")
  string(APPEND few "${user} ${user} ${one} ${two}\n")
  math(EXPR one "(${user} + 3) % 15")
  string(APPEND few_test "${user} ${one}\n")
endforeach()
file(WRITE ${WORK}/few "${few}")
file(WRITE ${WORK}/few_test "${few_test}")
foreach(model popularity mf)
  set(train_few --train few --test few_test --model ${model} --epochs 2 --dim 4 --save few.model)
  refuses("--k: expected 1 to 15 (the catalog), got 20" ${train_few})
  refuses("--k: expected 1 to 15 (the catalog), got 16" ${train_few} --k 16)
  refuses("--top: k: expected 1 to 15 (the catalog), got 16" ${train_few} --k 5 --user 3 --top 16)
  refuses("--user: expected an id from 0 to 14" ${train_few} --k 5 --user 15)
  expect_absent(few.model)
  run(${train_few} --k 5 --eval-every 1 --json few.json --user 3 --top 12)
  foreach(metric precision@5 recall@5 ndcg@5 coverage@5)
    value_in(few.json metrics ${metric})
    string(REGEX MATCHALL "${metric} " times "${printed}")
    expect_equal("${metric} printed" "${metric} " "${times}")
  endforeach()
  value_in(few.json settings k)
  expect_equal("settings.k" 5 ${value})
  run(--load few.model --test few_test --k 15)
  refuses("--k: expected 1 to 15 (the catalog), got 20" --load few.model --test few_test)
  file(REMOVE ${WORK}/few.model)
endforeach()
value_in(few.json epochs 1 recall@5)
run(--train few --validation 0.4 --model mf --epochs 2 --dim 4 --k 3 --json few.json)
value_in(few.json epochs 1 ndcg@3)

# Numbers that are none are never kept.
foreach(model mf lightgcn)
  foreach(epochs 1 3)
    refuses("a smaller learning rate may help" --train train --model ${model} --dim 8 --epochs ${epochs}
      --rate 1e38 --save infinite)
    expect_absent(infinite)
  endforeach()
endforeach()

# Values that mean nothing are refused, whichever option has them.
set(some --train train --model mf --epochs 1 --dim 4)
foreach(option --save --json --checkpoint --user --users --items --validation --test --load)
  shell(1 "$program --train train --model mf ${option} ''")
  expect_equal("${option} ''" "recommend: ${option}: expected a value, got an empty one\n" "${complaint}")
endforeach()
foreach(option --rate --l2 --keep --warm-up --prune-from --ema-decay --temperature --lambda)
  foreach(value nan inf 1e400)
    refuses("${option}" ${some} ${option} ${value} --save nothing)
    expect_absent(nothing)
  endforeach()
endforeach()
refuses("recommend: --rate: expected a finite number, got nan" ${some} --rate nan)
refuses("recommend: --seed: expected at least 0, got -1" ${some} --seed -1)
foreach(option --threads --rate --l2 --warm-up --eval-every --checkpoint-steps --top --k --batch)
  refuses("${option}: expected " ${some} ${option} -1)
endforeach()
refuses("--patience: expected at least 0, got -1" ${some} --validation 0.3 --patience -1)
refuses("--batch: expected 1 to 2000000000, got 0" ${some} --prune saliency --batch 0)
refuses("--prune-from: expected -1 to 1000000000, got 1e300" ${some} --prune-from 1e300)

# gzip is read where zlib is there, and named where it is not.
file(ARCHIVE_CREATE OUTPUT ${WORK}/train.gz PATHS ${WORK}/train FORMAT raw COMPRESSION GZip)
if(GZIP)
  run(${small} --json plain.json)
  run(--train train.gz --test test --model popularity --json packed.json)
  file(READ ${WORK}/plain.json plain)
  file(READ ${WORK}/packed.json packed)
  string(JSON plain GET "${plain}" metrics)
  string(JSON packed GET "${packed}" metrics)
  expect_equal("metrics of packed interactions" "${plain}" "${packed}")
else()
  refuses("train.gz: expected text, got a gzip file" --train train.gz --model popularity)
endif()
