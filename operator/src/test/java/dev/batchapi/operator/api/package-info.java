@NullMarked
package dev.batchapi.operator.api;

import org.jspecify.annotations.NullMarked;
