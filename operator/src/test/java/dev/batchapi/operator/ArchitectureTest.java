package dev.batchapi.operator;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import dev.batchapi.data.store.StoredFile;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import java.time.Clock;

/** The arrows inside the operator; those between modules are Maven's. */
@AnalyzeClasses(
    packages = "dev.batchapi.operator",
    importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {

  @ArchTest
  static final ArchRule THE_PHASES_OF_A_JOB_HAVE_NO_CIRCLE =
      slices().matching("dev.batchapi.operator.job.(*)..").should().beFreeOfCycles();

  @ArchTest static final ArchRule WHAT_DECIDES_IS_PURE = isPure("..operator.job.decide..");

  @ArchTest static final ArchRule WHAT_PODS_LOOK_LIKE_IS_PURE = isPure("..operator.pod..");

  @ArchTest
  static final ArchRule NATS_IS_KNOWN_TO_ITS_OWN_PACKAGE_ALONE =
      noClasses().should().dependOnClassesThat().resideInAPackage("io.nats..");

  /** A file's name is no store. */
  @ArchTest
  static final ArchRule NO_STORE_IS_READ =
      noClasses()
          .should()
          .dependOnClassesThat(
              resideInAnyPackage("dev.batchapi.data.store..", "dev.batchapi.data.s3..")
                  .and(not(type(StoredFile.class))));

  private static ArchRule isPure(String folder) {
    return noClasses()
        .that()
        .resideInAPackage(folder)
        .should()
        .dependOnClassesThat()
        .areAssignableTo(KubernetesClient.class)
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(Context.class)
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(Clock.class)
        .orShould()
        .callMethod(java.time.Instant.class, "now")
        .orShould()
        .callMethod(System.class, "nanoTime");
  }
}
