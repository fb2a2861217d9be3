/** {@code batchapi validate} and {@code batchapi schema}: files are checked, nothing runs. */
@NullMarked
package dev.batchapi.cli.validate;

import org.jspecify.annotations.NullMarked;
