@NullMarked
package dev.batchapi.cli.run;

import org.jspecify.annotations.NullMarked;
