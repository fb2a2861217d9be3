/** {@code batchapi init}: a new folder with a handler that runs. */
@NullMarked
package dev.batchapi.cli.init;

import org.jspecify.annotations.NullMarked;
