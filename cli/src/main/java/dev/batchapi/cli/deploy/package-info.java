/** {@code batchapi deploy}: a folder's code and its BatchAPI, into a cluster. */
@NullMarked
package dev.batchapi.cli.deploy;

import org.jspecify.annotations.NullMarked;
