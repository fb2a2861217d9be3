package dev.batchapi.cli;

import java.util.Objects;
import picocli.CommandLine.IVersionProvider;

/** The version that the build wrote into the jar, which is the pom's. */
final class Version implements IVersionProvider {

  @Override
  public String[] getVersion() {
    var version = Version.class.getPackage().getImplementationVersion();
    return new String[] {"batchapi " + Objects.requireNonNullElse(version, "(not packaged)")};
  }
}
