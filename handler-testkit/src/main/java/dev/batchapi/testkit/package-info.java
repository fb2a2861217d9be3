/** Runs a Java handler in a test as the host would, whatever the test framework. */
@NullMarked
package dev.batchapi.testkit;

import org.jspecify.annotations.NullMarked;
