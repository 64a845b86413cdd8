# SPDX-License-Identifier: Apache-2.0
# Runs the program CLASSIFY_GRAPHS on graphs of its own, in the folder WORK, and on the BUNDLED ones, and
# looks at all that it prints and writes.
file(REMOVE_RECURSE ${WORK})
file(MAKE_DIRECTORY ${WORK}/data)

set(PROGRAM ${CLASSIFY_GRAPHS})
include(${CMAKE_CURRENT_LIST_DIR}/program.cmake)

# 40 rings (class 3) and stars (class 7) of 4 to 7 nodes, which nothing but their edges tells apart.
set(graphs "")
foreach(g RANGE 39)
  math(EXPR star "${g} % 2")
  math(EXPR last "3 + ${g} / 2 % 4")
  math(EXPR n "${last} + 1")
  math(EXPR label "3 + 4 * ${star}")
  string(APPEND graphs "${n} ${label}\n")
  foreach(v RANGE ${last})
    math(EXPR before "(${v} + ${last}) % ${n}")
    math(EXPR after "(${v} + 1) % ${n}")
    if(NOT star)
      string(APPEND graphs "0 2 ${before} ${after}\n")
    elseif(v)
      string(APPEND graphs "0 1 0\n")
    else()
      string(APPEND graphs "0 ${last}")
      foreach(u RANGE 1 ${last})
        string(APPEND graphs " ${u}")
      endforeach()
      string(APPEND graphs "\n")
    endif()
  endforeach()
endforeach()
file(WRITE ${WORK}/data/shapes.txt "40\n${graphs}")
set(sizes --hidden 8 --layers 2 --batch 8 --rate 0.02)
set(small --data data ${sizes})

# A line for each fold and one for all; the same in JSON.
set(learn --folds 3 --epochs 15 --seed 3)
run(${small} ${learn} --threads 1 --json report.json)
foreach(line "fold 1: accuracy [0-9.]+ .validation [0-9.]+, epoch [0-9]+ of [0-9]+.\n" "fold 2: accuracy "
    "fold 3: accuracy " "\naccuracy [0-9.]+ \\+- [0-9.e-]+\n$")
  if(NOT printed MATCHES "${line}")
    message(FATAL_ERROR "expected a line ${line}, got ${printed}")
  endif()
endforeach()
expect_classifier(report.json RUNS 3 LOW 0.85 DEVIATION 0.3 EPOCHS 15 PARAMETERS 100
  SETTINGS data model readout jump fusion hidden layers dropout rate schedule decay batch epochs
    eval_every patience folds validation choose_by seed
  DATA graphs=40 nodes=220 edges=200 features=1 classes=2
  METRICS accuracy validation)

# The same seed learns the same, with any number of threads.
run(${small} ${learn} --threads 2 --json again.json)
expect_alike(report.json again.json metrics best_epoch parameters)

# Every choice runs, and tells a class better than chance.
foreach(jump last concat sum)
  foreach(fusion none gated)
    foreach(readout sum mean max attention)
      run(${small} --jump ${jump} --fusion ${fusion} --readout ${readout} --folds 2 --epochs 20 --patience 0
        --dropout 0.2 --threads 1 --json choice.json)
      value_in(choice.json metrics accuracy mean)
      expect_between("accuracy of jump ${jump}, fusion ${fusion}, readout ${readout}" 0.6 1 ${value})
    endforeach()
  endforeach()
endforeach()

# The likelihood, a logarithm, chooses another epoch or the same.
run(${small} ${learn} --choose-by log_likelihood --threads 1 --json choice.json)
value_in(choice.json metrics validation mean)
expect_between("log likelihood" -0.7 0 ${value})
value_in(choice.json metrics accuracy mean)
expect_between("accuracy by log likelihood" 0.85 1 ${value})
run(${small} ${learn} --schedule cosine --eval-every 15 --patience 1 --threads 1 --json choice.json)
value_in(choice.json best_epoch each 0)
expect_equal("epoch of the only look" 15.0 ${value})
value_in(choice.json metrics accuracy mean)
expect_between("accuracy with a cosine" 0.85 1 ${value})

# Four groups of Debian's sections: chance is 0.25.
run(--data ${BUNDLED} --hidden 16 --layers 2 --folds 2 --epochs 20 --rate 0.01 --threads 1 --json bundled.json)
value_in(bundled.json metrics accuracy mean)
expect_between("accuracy on the bundled data" 0.55 0.95 ${value})

# Folds that come with the data count.
file(COPY ${WORK}/data/ DESTINATION ${WORK}/folded)
file(WRITE ${WORK}/folded/10fold_idx/test_idx-1.txt "0\n1\n2\n3\n")
set(rest "")
foreach(g RANGE 4 39)
  string(APPEND rest "${g}\n")
endforeach()
file(WRITE ${WORK}/folded/10fold_idx/train_idx-1.txt "${rest}")
run(${sizes} --data folded/shapes.txt --folds 1 --epochs 12)
if(NOT printed MATCHES "\naccuracy [0-9.]+ \\+- 0\n$")
  message(FATAL_ERROR "expected one fold, got ${printed}")
endif()
refuses("folded/10fold_idx/train_idx-2.txt: expected a readable file, got none"
  ${sizes} --data folded/shapes.txt --folds 2)
file(WRITE ${WORK}/folded/10fold_idx/test_idx-1.txt "40\n")
refuses("folded/10fold_idx/test_idx-1.txt:1: id: expected 0 to 39, got 40"
  ${sizes} --data folded/shapes.txt --folds 1)

# What makes no sense is said in a line.
refuses("classify_graphs: nowhere: expected a readable file, got none" --data nowhere)
refuses("stratified_folds: folds: expected 2 to 40, the number of elements, got 41" ${small} --folds 41)
refuses("stratified_folds: folds: expected 2 to 40, the number of elements, got 1" ${small} --folds 1)
refuses("stratified_share: share: expected between 0 and 1, got 1.5" ${small} --validation 1.5)
refuses("--validation: expected a share that holds out a graph, got 0.01" ${small} --validation 0.01)
refuses("graph_classifier: layers: expected at least 1, got 0" --data data --layers 0)
refuses("graph_classifier: dropout: expected 0 to below 1, got 1" ${small} --dropout 1)
refuses("fit: batch: expected at least 1, got 0" --data data --batch 0)
refuses("early_stopping: every: expected at least 1, got 0" ${small} --eval-every 0)
refuses("/nowhere/report.json: cannot be written"
  ${small} --folds 2 --epochs 1 --json /nowhere/report.json)
refuses("--data is required" --epochs 1)
foreach(option --model --readout --jump --fusion --choose-by --schedule)
  refuses("${NAME}: ${option}: expected one of " ${small} ${option} other)
  refuses(", got other" ${small} ${option} other)
endforeach()
foreach(option --epochs --folds)
  refuses("${NAME}: ${option}: expected 1 to 2000000000, got 0" ${small} ${option} 0)
endforeach()
file(WRITE ${WORK}/two/one.txt "1\n1 0\n0 0\n")
file(WRITE ${WORK}/two/other.txt "1\n1 0\n0 0\n")
refuses("two: files of graphs: expected graphs.txt or one .txt, got 2" --data two)
file(WRITE ${WORK}/bad.txt "1\n2 0\n0 1 1\n0 0\n")
refuses("bad.txt:4: neighbors: expected 0, whose neighbors include 1, got none" --data bad.txt)

expect_shared(data/shapes.txt --json "" --data data --hidden 4 --layers 1 --folds 2 --epochs 1)
