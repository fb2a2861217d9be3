@NullMarked
package dev.batchapi.cli;

import org.jspecify.annotations.NullMarked;
