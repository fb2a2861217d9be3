package dev.batchapi.runtime.worker;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The arrow that Maven can't hold: the worker takes the queue as it is, whatever carries it. */
@AnalyzeClasses(packages = "dev.batchapi", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {

  @ArchTest
  static final ArchRule ONLY_THE_JETSTREAM_QUEUE_KNOWS_NATS =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.batchapi.queue.jetstream..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.nats..");
}
