@NullMarked
package dev.batchapi.operator;

import org.jspecify.annotations.NullMarked;
