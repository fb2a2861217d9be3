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
  static final ArchRule A_RUN_NEEDS_NO_CLIENT_OF_KUBERNETES =
      noClasses().should().dependOnClassesThat().resideInAPackage("io.fabric8.kubernetes.client..");
}
