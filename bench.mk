# Benchmarks: what docs/benchmarks.md shows. BENCH_OPTS are options of the JVM that measures.
##@ Benchmarks
JAVA := $(JAVA_HOME)/bin/java
NATIVE := --enable-native-access=ALL-UNNAMED
BENCH_JVM ?= -XX:+UseSerialGC -Xmx512m $(NATIVE) --sun-misc-unsafe-memory-access=allow
TEST_CLASS_PATH := -Dmdep.includeScope=test -Dmdep.outputFile=target/bench.classpath

# Caches for the JVM, from training runs that need no server; of no use after another build.
DIST := $(CURDIR)/handler-runtime/image/target/dist
LAPTOP_DIST := $(CURDIR)/cli/target/dist
train = $(JAVA) -cp $(1)/lib/$(2)-[0-9]*.jar $(3) --print-args $(1) | sed s/AOTCache=/AOTCacheOutput=/ >$(1)/$(2).training \
  && $(JAVA) @$(1)/$(2).training --train && rm $(1)/$(2).training
.PHONY: aot
aot: build ## Make the AOT caches of worker and Java host, which start twice as fast with them
	$(call train,$(DIST),worker,dev.batchapi.runtime.worker.WorkerMain)
	$(call train,$(DIST),java-host,dev.batchapi.runtime.host.JavaHost)
	$(call train,$(LAPTOP_DIST),java-host,dev.batchapi.runtime.host.JavaHost)

worker_benchmark = cd $(1)/handler-runtime/image && $(JAVA) -XX:+UseSerialGC $(NATIVE) $(BENCH_OPTS) \
  -cp 'target/test-classes:target/dist/lib/*:$(1)/queue/target/test-classes' \
  dev.batchapi.runtime.image.WorkerBenchmark
WORKER_BENCHMARK = $(call worker_benchmark,$(CURDIR))
.PHONY: bench-worker
bench-worker: tools aot ## Measure start and memory of worker and host (BENCH_OPTS="-Druns=7")
	$(WORKER_BENCHMARK) start socket

.PHONY: bench-worker-beside
bench-worker-beside: tools aot ## Start and memory, by turns with another checkout's (OTHER=/another/batchapi; BENCH_OPTS="-Druns=5")
	@test -f "$(OTHER)/bench.mk" || { echo "Say where the other checkout is, by its whole path: OTHER=/another/batchapi" >&2; exit 1; }
	$(MAKE) -C $(OTHER) aot
	for turn in 1 2; do \
	  (echo "$(OTHER)" && $(call worker_benchmark,$(OTHER)) start) && \
	  (echo "$(CURDIR)" && $(WORKER_BENCHMARK) start) || exit 1; \
	done

.PHONY: bench-items
bench-items: tools aot ## Measure handlers of single items beside handlers of batches (BENCH_OPTS="-Druns=15")
	$(subst WorkerBenchmark,ItemsBenchmark,$(WORKER_BENCHMARK))

.PHONY: bench-rate
bench-rate: tools aot ## Measure how exactly workers that come and go keep a rate limit (20 minutes; BENCH_OPTS="-Drate=50 -Dwindows=2 -Drows=4die,8leave")
	$(subst WorkerBenchmark,RateBenchmark,$(WORKER_BENCHMARK))

JOB_BENCHMARK = $(MVN) -q test-compile dependency:build-classpath -pl e2e -am $(TEST_CLASS_PATH) && \
	  source e2e/cluster/settings.sh && e2e/cluster/cluster.sh kubeconfig >/dev/null && \
	  PATH=$$BIN:$$PATH BATCHAPI_E2E_KUBECONFIG=$$ADMIN BATCHAPI_E2E_AUDIT_LOG=$$STATE/log/audit.log \
	  $(JAVA) -XX:+UseSerialGC $(BENCH_OPTS) -cp e2e/target/test-classes:$$(cat e2e/target/bench.classpath) \
	  dev.batchapi.e2e.JobBenchmark
.PHONY: bench-job
bench-job: ## Measure jobs against bare Jobs (after make install; BENCH_OPTS="-Druns=7 -Djobs=200 -Dbatches=10")
	$(JOB_BENCHMARK)

.PHONY: bench-job-files
bench-job-files: ## Measure jobs over files against jobs without (after make install; BENCH_OPTS="-Druns=7 -Dbatches=5000")
	$(subst JobBenchmark,FilesBenchmark,$(JOB_BENCHMARK))

.PHONY: bench-queue
bench-queue: tools aot ## Measure queue and workers against jnats (BENCH_OPTS="-Denqueued=2000 -Dlooped=500 -Dbatches=500")
	$(MVN) -q test-compile dependency:build-classpath -pl queue -am $(TEST_CLASS_PATH)
	$(JAVA) -XX:+UseSerialGC $(NATIVE) $(BENCH_OPTS) \
	  -cp queue/target/classes:queue/target/test-classes:$$(cat queue/target/bench.classpath) \
	  dev.batchapi.queue.jetstream.QueueBenchmark
	$(WORKER_BENCHMARK) throughput

.PHONY: bench-guard
bench-guard: tools ## Compare the guarded exporter with the exporter alone (BENCH_OPTS="-Druns=5 -Drate=200000")
	$(MVN) -q test-compile dependency:build-classpath -pl metrics-guard -am $(TEST_CLASS_PATH)
	cd metrics-guard && $(JAVA) -XX:+UseSerialGC $(BENCH_OPTS) \
	  -cp target/test-classes:target/classes:$$(cat target/bench.classpath) dev.batchapi.guard.GuardBenchmark

# The client that Cortex's Python handlers had, to compare with.
DATADOG := $(CACHE)/python/datadog-0.39.0
$(DATADOG):
	$(PIP_INSTALL) $@.new datadog==0.39.0 && mv $@.new $@

.PHONY: bench-metrics
bench-metrics: build $(DATADOG) ## Compare the metrics clients with others (ten minutes; ARGS for JMH)
	$(MVN) -q -Pbench -pl metrics-client -am test-compile
	cd metrics-client && CP=target/test-classes:target/classes:$$(cat target/bench.classpath) && \
	  $(JAVA) $(BENCH_JVM) -cp $$CP dev.batchapi.metrics.bench.Delivery && \
	  $(JAVA) $(BENCH_JVM) -cp $$CP org.openjdk.jmh.Main -prof gc $(ARGS)
	cd handler-runtime/image && $(JAVA) $(BENCH_JVM) $(BENCH_OPTS) \
	  -cp "target/test-classes:target/dist/lib/*:$(CURDIR)/metrics-client/target/test-classes:$$(cat ../../metrics-client/target/bench.classpath)" \
	  dev.batchapi.runtime.image.PythonMetricsBenchmark $(DATADOG)

# What a file in an object store is worked through with otherwise.
RAY := $(CACHE)/python/ray-2.60.0-boto3-1.43.11
$(RAY):
	$(PIP_INSTALL) $@.new 'ray[data]==2.60.0' boto3==1.43.11 && mv $@.new $@

BENCH_DATA = $(PYTHON) cli/src/bench/data/bench_data.py --batchapi bin/batchapi --servers $(TOOLS)
.PHONY: bench-data
bench-data: tools build $(RAY) ## Compare a job over lines of JSON with Ray Data and a hand-written loop (ARGS="--mb 1000 --runs 3")
	PYTHONPATH=$(RAY) $(BENCH_DATA) $(ARGS)

# What reads and writes the other stores by hand.
CLIENTS := $(CACHE)/python/google-cloud-storage-3.17.1-azure-storage-blob-12.31.1
$(CLIENTS):
	$(PIP_INSTALL) $@.new google-cloud-storage==3.17.1 azure-storage-blob==12.31.1 && mv $@.new $@

.PHONY: bench-data-stores
bench-data-stores: tools build $(CLIENTS) ## The same over Google's and Azure's stores and a folder (ARGS="--mb 100 --runs 2")
	for store in gs az file; do \
	  PYTHONPATH=$(CLIENTS) $(BENCH_DATA) --mb 100 --runs 2 --store $$store $(ARGS) || exit 1; \
	done

.PHONY: bench-data-memory
bench-data-memory: tools build ## Measure the memory of splitter, collector and worker (BENCH_OPTS="-Dfiles=10000 -Dmib=512"; 6 GB of disk)
	cd handler-runtime/image && $(JAVA) -XX:+UseSerialGC -Xmx512m $(NATIVE) $(BENCH_OPTS) \
	  -cp 'target/test-classes:target/dist/lib/*:target/dist/lib-files/*:$(CURDIR)/queue/target/test-classes:$(CURDIR)/job-data-s3/target/test-classes' \
	  dev.batchapi.runtime.image.DataMemoryBenchmark
