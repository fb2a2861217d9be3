@NullMarked
package dev.batchapi.operator.pod;

import org.jspecify.annotations.NullMarked;
