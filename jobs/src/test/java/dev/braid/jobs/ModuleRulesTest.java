package dev.braid.jobs;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.braid.worker.WrongSettings;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;

/** What each module may know: the folders stay in the order data flows through them. */
class ModuleRulesTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.braid");

  /** Engines and other projects' networks, which announce themselves. */
  private static final String[] ANNOUNCED = {
    "dev.braid.worker.jvm..",
    "dev.braid.worker.torch..",
    "dev.braid.worker.dl4j..",
    "dev.braid.worker.keras..",
    "dev.braid.worker.onnx.."
  };

  @Test
  void worker_neverSeesSpark() {
    noClasses()
        .that()
        .resideInAPackage("dev.braid.worker..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.spark..", "scala..")
        .check(CLASSES);
  }

  @Test
  void worker_knowsNeitherDriverNorJobs() {
    noClasses()
        .that()
        .resideInAPackage("dev.braid.worker..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.braid.driver..", "dev.braid.jobs..")
        .check(CLASSES);
  }

  @Test
  void driver_knowsNoJobs() {
    noClasses()
        .that()
        .resideInAPackage("dev.braid.driver..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.braid.jobs..")
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  @Test
  void jobs_seeOfSparkOnlyTheSession() {
    noClasses()
        .that()
        .resideInAPackage("dev.braid.jobs..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.spark.rdd..", "org.apache.spark.api.java..")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("org.apache.spark.sql.Dataset")
        .check(CLASSES);
  }

  @Test
  void packages_haveNoCycles() {
    slices().matching("dev.braid.(**)").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void workersCore_namesNoEngineAndNoGuest() {
    noClasses()
        .that()
        .resideInAPackage("dev.braid.worker..")
        .and()
        .resideOutsideOfPackages(ANNOUNCED)
        .and()
        .haveNameNotMatching(
            ".*\\.ProcessFacts(\\$Natives)?") // reports on libtorch to the command doctor
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(ANNOUNCED)
        .check(CLASSES);
  }

  /** Of networks it knows the blueprint, of engines what they announce; its DL4J door is DL4J's. */
  @Test
  void driver_namesNoNetworkLayerOrEngine() {
    noClasses()
        .that()
        .resideInAPackage("dev.braid.driver..")
        .and()
        .resideOutsideOfPackage("dev.braid.driver.dl4j..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(ANNOUNCED)
        .orShould()
        .dependOnClassesThat()
        .resideInAPackage("dev.braid.worker.layer..")
        .check(CLASSES);
  }

  @Test
  void onlyJobs_printAndExit() {
    noClasses()
        .that()
        .resideInAnyPackage("dev.braid.worker..", "dev.braid.driver..")
        .should()
        .accessField(System.class, "out")
        .orShould()
        .accessField(System.class, "err")
        .orShould()
        .callMethod(System.class, "exit", int.class)
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(PrintStream.class)
        .check(CLASSES);
  }

  /** A plain IllegalArgumentException would end a run as a fault of Braid's. */
  @Test
  void whatIsRefused_isWrongSettings() {
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName(WrongSettings.class.getName())
        .should()
        .callConstructorWhere(
            target(owner(equivalentTo(IllegalArgumentException.class)))
                .and(
                    describe(
                        "written by hand",
                        call -> !call.getOrigin().getName().equals("$deserializeLambda$"))))
        .check(CLASSES);
  }
}
