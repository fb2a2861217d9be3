/** The command line: what {@code batchapi} can do, and its exit codes. */
@NullMarked
package dev.batchapi.cli;

import org.jspecify.annotations.NullMarked;
