package dev.batchapi.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The arrows that Maven can't hold: what the command takes of the modules that it uses. */
@AnalyzeClasses(packages = "dev.batchapi.cli", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {

  @ArchTest
  static final ArchRule THE_QUEUE_OF_A_LAPTOP_IS_IN_ITS_MEMORY =
      noClasses().should().dependOnClassesThat().resideInAPackage("dev.batchapi.queue.jetstream..");

  @ArchTest
  static final ArchRule ONLY_THE_CLUSTERS_PACKAGE_KNOWS_A_CLIENT_OF_KUBERNETES =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.batchapi.cli.cluster..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.fabric8.kubernetes..");

  @ArchTest
  static final ArchRule A_RUN_NEEDS_NO_CLUSTER =
      noClasses()
          .that()
          .resideInAPackage("dev.batchapi.cli.run..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.batchapi.cli.cluster..");
}
