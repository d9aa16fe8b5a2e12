"""The app: `streamlit run app.py`."""

from assessment.pages import frame

frame.open_app()
