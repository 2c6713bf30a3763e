#!/usr/bin/env bash
# Rows a second of braid infer, Parquet read and written, on local[2] against a loop of one thread on the same
# engine and one in PyTorch, in turns; medians at the end. About four minutes on two cores:
#
#   jobs/src/test/bench/infer.sh [FOLDER [ROWS [TURNS]]]
#
# and with one turn only the scoring, for the memory it takes:
#
#   jobs/src/test/bench/infer.sh /tmp/bench 200000 1; jobs/src/test/bench/infer.sh /tmp/bench 1000000 1
set -euo pipefail
cd "$(dirname "$0")/../../../.."
mvn -B -q -pl worker,driver test-compile dependency:build-classpath \
  -Dspotless.check.skip=true -Dmdep.outputFile=target/bench.classpath
export OMP_NUM_THREADS=1 SPARK_LOCAL_IP=127.0.0.1
# As conf/spark-defaults.conf sets it for executors, and says why.
export MALLOC_MMAP_THRESHOLD_=33554432 MALLOC_TRIM_THRESHOLD_=536870912
exec java @conf/jvm.options -Dlog4j2.configurationFile=conf/log4j2.properties -Xmx3g \
  -cp "driver/target/test-classes:driver/target/classes:$(< driver/target/bench.classpath)" \
  dev.braid.driver.inference.bench.InferenceBenchmark "${1:-/tmp/bench}" "${2:-200000}" "${3:-3}" \
  "${PYTHON:-/usr/bin/python3} jobs/src/test/bench/infer_lenet.py"
