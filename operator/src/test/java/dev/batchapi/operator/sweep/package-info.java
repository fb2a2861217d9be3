@NullMarked
package dev.batchapi.operator.sweep;

import org.jspecify.annotations.NullMarked;
