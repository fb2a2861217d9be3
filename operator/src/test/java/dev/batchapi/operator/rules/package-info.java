/** What the API server accepts and refuses, and with which words. */
@NullMarked
package dev.batchapi.operator.rules;

import org.jspecify.annotations.NullMarked;
