package dev.braid.worker.torch.script;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.pytorch.ClassType;
import org.bytedeco.pytorch.GenericDict;
import org.bytedeco.pytorch.GenericDictIterator;
import org.bytedeco.pytorch.GenericList;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TupleElements;

/**
 * An attribute of a module, or of a module within it, that is no module itself.
 *
 * @param name as PyTorch has it: the names of the modules and its own, with dots between
 * @param owner the module that has it
 * @param key what the owner calls it
 * @param kind what PyTorch takes it for
 */
record ScriptAttribute(String name, JitModule owner, String key, Kind kind) {
  /** What PyTorch takes an attribute for. */
  enum Kind {
    /** A tensor that optimizers are given. */
    PARAMETER,
    /** A tensor that is registered as a buffer. */
    BUFFER,
    /** A plain attribute: a tensor, a number, a collection. */
    PLAIN
  }

  /** All attributes, in the order of the modules. */
  static List<ScriptAttribute> all(JitModule module) {
    List<ScriptAttribute> found = new ArrayList<>();
    add(module, "", found);
    return found;
  }

  private static void add(JitModule module, String prefix, List<ScriptAttribute> found) {
    ClassType type = module.type();
    for (long i = 0; i < type.numAttributes(); i++) {
      String key = type.getAttributeName(i).getString();
      IValue value = module.attr(key);
      if (value.isModule()) {
        add(new JitModule(value.toObject()), prefix + key + ".", found);
      } else {
        found.add(new ScriptAttribute(prefix + key, module, key, kind(type, i)));
      }
    }
  }

  private static Kind kind(ClassType type, long i) {
    if (type.is_parameter(i)) {
      return Kind.PARAMETER;
    }
    return type.is_buffer(i) ? Kind.BUFFER : Kind.PLAIN;
  }

  IValue value() {
    return owner.attr(key);
  }

  /** Whether it is a tensor itself and no collection. */
  boolean isTensor() {
    return value().isTensor();
  }

  /** Gives it another value. */
  void set(IValue value) {
    owner.setattr(key, value);
  }

  /**
   * The tensors in it by their names, in their order: its own, or those in its list, tuple,
   * dictionary or object, with the place of each behind another dot.
   */
  Map<String, Tensor> tensors() {
    Map<String, Tensor> found = new LinkedHashMap<>();
    collect(name, value(), found, new HashSet<>());
    return found;
  }

  private static void collect(
      String name, IValue value, Map<String, Tensor> found, Set<Long> objects) {
    if (value.isTensor()) {
      Tensor tensor = value.toTensor();
      if (tensor.defined()) {
        found.put(name, tensor);
      }
    } else if (value.isTuple()) {
      TupleElements elements = value.toTupleRef().elements();
      for (long i = 0; i < elements.size(); i++) {
        collect(name + "." + i, elements.get(i), found, objects);
      }
    } else if (value.isList()) {
      GenericList list = value.toList();
      for (long i = 0; i < list.size() && mayHoldTensors(list.get(i)); i++) {
        collect(name + "." + i, list.get(i), found, objects);
      }
    } else if (value.isGenericDict()) {
      GenericDict dict = value.toGenericDict();
      GenericDictIterator end = dict.end();
      for (GenericDictIterator at = dict.begin(); at.notEquals(end); at.increment()) {
        collect(name + "." + text(at.access().key()), at.access().value(), found, objects);
      }
    } else if (value.isObject() && objects.add(value.internalToPointer().address())) {
      IValueVector slots = value.toObjectRef().slots();
      ClassType type = value.toObjectRef().type();
      for (long i = 0; i < slots.size(); i++) {
        collect(name + "." + type.getAttributeName(i).getString(), slots.get(i), found, objects);
      }
    }
  }

  /** Lists of plain numbers may be long. */
  private static boolean mayHoldTensors(IValue element) {
    return !element.isScalar() && !element.isBool() && !element.isString();
  }

  private static String text(IValue key) {
    if (key.isString()) {
      return key.toStringRef().getString();
    }
    return key.isInt() ? Long.toString(key.toInt()) : "";
  }
}
