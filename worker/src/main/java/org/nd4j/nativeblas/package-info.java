/** Where DL4J 1.0.0-M2 looks for a class that ND4J has moved. */
package org.nd4j.nativeblas;
