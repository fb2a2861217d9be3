package dev.batchapi.runtime;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The arrows inside the runtime; those between modules are Maven's. */
@AnalyzeClasses(packages = "dev.batchapi", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {

  @ArchTest
  static final ArchRule THE_PROTOCOL_KNOWS_NOBODY =
      noClasses()
          .that()
          .resideInAPackage("..runtime.protocol..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "..runtime.host..",
              "..runtime.worker..",
              "..runtime.local..",
              "dev.batchapi.queue..",
              "dev.batchapi.crds..");

  @ArchTest
  static final ArchRule THE_HOST_KNOWS_NEITHER_WORKER_NOR_QUEUE =
      noClasses()
          .that()
          .resideInAPackage("..runtime.host..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "..runtime.worker..",
              "..runtime.local..",
              "dev.batchapi.queue..",
              "dev.batchapi.crds..");

  @ArchTest
  static final ArchRule THE_WORKER_KNOWS_NEITHER_HOST_NOR_LAPTOP =
      noClasses()
          .that()
          .resideInAPackage("..runtime.worker..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("..runtime.host..", "..runtime.local..");

  @ArchTest
  static final ArchRule ONLY_THE_JETSTREAM_QUEUE_KNOWS_NATS =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.batchapi.queue.jetstream..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.nats..");
}
