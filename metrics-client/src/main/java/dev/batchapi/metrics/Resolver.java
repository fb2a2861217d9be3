package dev.batchapi.metrics;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Finds the addresses of a host; may block for as long as the system's resolver does. */
interface Resolver {
  InetAddress[] resolve(String host) throws UnknownHostException;
}
